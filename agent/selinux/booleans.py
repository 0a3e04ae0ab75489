"""The one boolean that lets every domain make the kernel load a module."""

NAME = "domain_kernel_load_modules"
#: What `setsebool -P` has stored, below the policy's name.
LOCAL = (
    "/etc/selinux/{}/active/booleans.local",
    "/var/lib/selinux/{}/active/booleans.local",
)
