"""How to take a kernel argument out, on each family of systems: templates."""

from agent.verdict.platforms import Platform

ARGUMENT = {
    Platform.RHCOS: "remove `{text}` from spec.kernelArguments of the MachineConfigs "
    "of this pool (`oc get mc -o yaml | grep -n blacklist`); the nodes reboot",
    Platform.RHEL: "run `grubby --update-kernel=ALL --remove-args='{text}'` and reboot",
    Platform.FEDORA: "run `grubby --update-kernel=ALL --remove-args='{text}'` "
    "and reboot",
    Platform.FEDORA_COREOS: "run `rpm-ostree kargs --delete='{text}'` and reboot",
    Platform.UBUNTU: "remove `{text}` from /etc/default/grub and "
    "/etc/default/grub.d, run `update-grub` and reboot",
    Platform.DEBIAN: "remove `{text}` from /etc/default/grub, run `update-grub` "
    "and reboot",
    Platform.SUSE: "remove `{text}` from /etc/default/grub, run `grub2-mkconfig -o "
    "/boot/grub2/grub.cfg` (on SL Micro `transactional-update grub.cfg`) and reboot",
    Platform.FLATCAR: "remove `{text}` from linux_append in /oem/grub.cfg and reboot",
    Platform.TALOS: "remove `{text}` from machine.install.extraKernelArgs and upgrade",
    Platform.BOTTLEROCKET: "remove `{text}` from settings.boot.kernel-parameters "
    "and reboot",
    Platform.IMAGE_MODE: "remove `{text}` from kargs.d of the image (/usr/lib/bootc/"
    "kargs.d), or run `rpm-ostree kargs --delete='{text}'`, and reboot",
    Platform.NIXOS: "remove `{text}` from boot.kernelParams, run `nixos-rebuild boot` "
    "and reboot",
}
