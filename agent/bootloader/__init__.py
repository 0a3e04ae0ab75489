"""What a boot loader's files say about the kernel that boots next. Pure."""
