"""SELinux's own files and answers, from bytes to values: no files, no facts."""
