#!/bin/sh
# Installs the Quoin that suits this device from the folder that this script lies in, which is what `cargo xtask dist`
# makes, or a part of it. Needs no network, and nothing but a POSIX shell with head, tail, tr, uname, cp and chmod.
#
#     ./install.sh              to /usr/bin
#     ./install.sh /tmp         somewhere else: /tmp lies in memory on OpenWrt
#     ./install.sh --print      only say which file it would be
set -eu

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

# Whether /proc/cpuinfo has this word among the processor's features.
has() {
    tr '\t:' '  ' <"${CPUINFO:-/proc/cpuinfo}" 2>/dev/null | tr ' ' '\n' | grep -qx "$1"
}

# What byte NUMBER of a program of this device's is, of those in an ELF header: 5 is the endianness, 1 for little.
elf() {
    head -c "$(($1 + 1))" "${ELF:-/proc/self/exe}" | tail -c 1 | tr '\001\002' 'lb'
}

machine=${MACHINE:-$(uname -m)}
case $machine in
x86_64) target=x86_64 ;;
i[3-6]86)
    has sse2 || fail "this processor has no SSE2, which the i686 build needs"
    target=i686
    ;;
aarch64) target=aarch64 ;;
armv7* | armv8*)
    # Without hardware floating point, and with it switched off, an older one's binary runs.
    if has vfpv3 || has vfpv3d16 || has vfpv4; then target=armv7; else target=armv6; fi
    ;;
armv6*) target=armv6 ;;
armv5te*) target=armv5te ;;
mips | mips64)
    # Both endiannesses are called so.
    case $(elf 5) in
    l) target=mipsel ;;
    b) target=mips ;;
    *) fail "cannot tell this device's endianness" ;;
    esac
    ;;
riscv64) target=riscv64 ;;
ppc | ppc64) target=powerpc ;;
*) fail "there is no build for a processor called \`$machine\`" ;;
esac

folder=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
for name in "quoin-$target" "quoin-small-$target"; do
    [ ! -f "$folder/$name" ] || break
done
[ -f "$folder/$name" ] || fail "this device needs quoin-$target, which is not in $folder"

if [ "${1:-}" = --print ]; then
    echo "$name"
    exit
fi
if command -v sha256sum >/dev/null && [ -f "$folder/SHA256SUMS" ]; then
    wanted=$(grep "  $name\$" "$folder/SHA256SUMS") || fail "SHA256SUMS does not know $name"
    [ "$(sha256sum <"$folder/$name")" = "${wanted%"$name"}-" ] || fail "$name did not arrive whole: copy it again"
fi
to=${1:-/usr/bin}
# Another name first: a program that runs can't be overwritten, and half a program must not be there.
cp "$folder/$name" "$to/quoin.new" || fail "cannot write to $to"
chmod 755 "$to/quoin.new"
if ! "$to/quoin.new" version; then
    rm -f "$to/quoin.new"
    fail "$name does not run here; nothing was changed"
fi
mv "$to/quoin.new" "$to/quoin"
echo "installed $name as $to/quoin"
