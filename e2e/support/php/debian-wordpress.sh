#!/bin/sh
# debian-wordpress.sh FOLDER: WordPress as Debian ships it, as the folder that people push. Debian has
# taken out what other packages bring (jQuery plugins, getID3) and put links in its place.
set -eu
out=$1
work=$(mktemp -d)
cd "$work"
apt-get -qq update 2>/dev/null
for name in wordpress $(
  apt-cache depends wordpress | sed -n 's/^ *Depends: \(libjs-[a-z.-]*\|php-getid3\)$/\1/p'
); do
  apt-get -qq download "$name" 2>/dev/null
done
for package in *.deb; do dpkg-deb --extract "$package" tree; done
# Both are about /etc/wordpress of the machine.
rm -f tree/usr/share/wordpress/wp-config.php tree/usr/share/wordpress/.htaccess
# Links are absolute: they lead where the packages would be installed.
cp -r tree/usr/share/. /usr/share/
cp -rL /usr/share/wordpress/. "$out/"
