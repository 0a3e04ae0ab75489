#!/bin/sh
# First process of the guest: file systems and loopback, then the guest program.
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t securityfs securityfs /sys/kernel/security
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=1777 tmpfs /tmp
# The guest's root lies in memory. That of the node it plays lies on a disk: after a
# boot, which the tests play too, its files are there again.
echo '1 0 8:1 / / rw - ext4 /dev/sda1 rw' >/run/mountinfo
mount --bind /run/mountinfo /proc/1/mountinfo
hostname node-132
ip link set lo up
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LANG=C.UTF-8
export PYTHONPATH=/opt/agent:/opt/site:/opt/vm PYTHONDONTWRITEBYTECODE=1
exec python3 -S -m tests.vm.guest.server
