#!/bin/sh
# usage: restore-onednn.sh FOLDER
# Unpacks Debian's oneDNN and the two libraries it links into FOLDER, as an ordinary user and without installing anything.
# Exit 1 with one line on standard error that says why, where this machine's apt cannot supply them.
set -eu

folder=$1
fail() { echo "$1" >&2; exit 1; }

for tool in apt-get dpkg; do
    command -v "$tool" > /dev/null || fail "this system has no $tool"
done

work=$folder.partial.$$
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/unpacked" "$work/result"
work=$(cd "$work" && pwd)

# Own lists and cache, so that neither root nor the system's package state is touched.
apt="timeout 120 apt-get -qq -o Dir::State::Lists=$work/lists -o Dir::Cache=$work/cache -o Debug::NoLocking=1
    -o APT::Sandbox::User=$(id -un 2> /dev/null || echo root) -o APT::Update::Error-Mode=any
    -o Acquire::Retries=0 -o Acquire::http::Timeout=15 -o Acquire::https::Timeout=15"
cd "$work/unpacked"
$apt update > ../log 2>&1 || fail "apt-get update failed: $(grep "^E:" ../log | head -n 1)"
$apt download libdnnl2 libgomp1 ocl-icd-libopencl1 > ../log 2>&1 || fail "apt-get download failed: $(grep "^E:" ../log | head -n 1)"
for package in ./*.deb; do
    dpkg -x "$package" . || fail "dpkg could not unpack $package"
done

# cp -L follows libdnnl.so.2 -> libdnnl.so.2.6: the loader asks for the short name.
for library in libdnnl.so.2 libgomp.so.1 libOpenCL.so.1; do
    found=$(find . -name "$library" | head -n 1)
    [ -n "$found" ] || fail "the packages hold no $library"
    cp -L "$found" "../result/$library"
done
for package in libdnnl2 libgomp1 ocl-icd-libopencl1; do
    # libgomp1's documentation is a link to gcc-12-base, which is not unpacked here.
    if [ -f "usr/share/doc/$package/copyright" ]; then cp "usr/share/doc/$package/copyright" "../result/$package.copyright"; fi
done

# The last step, so that a build killed half-way leaves nothing that looks complete.
rm -rf "$folder"
mv ../result "$folder"
