#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# po/POTFILES.in lists exactly the files with words to translate; every listed language is whole.
# usage: translations.sh SOURCE-DIR
set -eu
cd "$1"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
grep -rlE '\b(_|N_|P_)\(("|$)' core plugin station --include='*.c' | sort >"$scratch/there" || true
sed -e '/^#/d' -e '/^$/d' po/POTFILES.in | sort >"$scratch/listed"
diff -u "$scratch/listed" "$scratch/there"
if [ -s "$scratch/listed" ]; then
    xgettext --from-code=UTF-8 --keyword=_ --keyword=N_ --keyword=P_:1,2 --sort-by-file \
        -o "$scratch/now.pot" $(cat "$scratch/listed")
    for language in $(sed '/^#/d' po/LINGUAS); do
        msgfmt --check -o /dev/null "po/$language.po"
        msgcmp --use-untranslated "po/$language.po" "$scratch/now.pot"
        msgfmt --statistics -o /dev/null "po/$language.po"
    done
fi
echo "translations: $(wc -l <"$scratch/listed") files"
