/**
 * Run at the end of the build with the folder that the build tool wrote into: finds what runs, and puts
 * it into /srv/out as two layers, what changes seldom (lib/) and the rest. Spring Boot's one large jar
 * is taken apart the way its own tools do (`jarmode`), by its own index, for every version of it.
 */
export const BUNDLE_PATH = '.vastrox/java-bundle.sh'

export const BUNDLE = `#!/bin/sh
# Usage: java-bundle.sh <folder of the build tool's output>
set -eu
built=$1
out=/srv/out
mkdir -p "$out/lib" "$out/app"
say() { echo "Vastrox: $*"; }
main_of() { unzip -p "$1" META-INF/MANIFEST.MF 2>/dev/null | tr -d '\\r' | sed -n 's/^Main-Class: *//p' | head -n 1; }

# Quarkus: a folder that is made of layers already.
if [ -f "$built/quarkus-app/quarkus-run.jar" ]; then
  cp -r "$built/quarkus-app/lib/." "$out/lib/"
  cp -r "$built/quarkus-app/." "$out/app/"
  rm -rf "$out/app/lib"
  mv "$out/app/quarkus-run.jar" "$out/app/app.jar"
  say "Quarkus application"
  exit 0
fi

# Gradle's application plugin: jars and a start script.
if [ -d "$built/install" ] && [ -z "$(ls "$built"/libs/*-all.jar 2>/dev/null)" ]; then
  installed=$(ls -d "$built"/install/*/ | head -n 1)
  script=$(ls "$installed"bin/* | grep -v '\\.bat$' | head -n 1)
  cp -r "$installed." "$out/app/"
  cp -r "$out/app/lib/." "$out/lib/"
  rm -rf "$out/app/lib"
  printf '#!/bin/sh\\nexec sh /srv/app/bin/%s "$@"\\n' "$(basename "$script")" > "$out/app/start"
  chmod 0755 "$out/app/start"
  say "start script $(basename "$script")"
  exit 0
fi

# The largest jar or war that says what its main class is.
jar=
for candidate in $(ls -S "$built"/*.jar "$built"/libs/*.jar "$built"/*.war "$built"/libs/*.war 2>/dev/null); do
  case $candidate in
    *-plain.jar|*-sources.jar|*-javadoc.jar|*-tests.jar|*/original-*.jar|*.jar.original) continue ;;
  esac
  if [ -n "$(main_of "$candidate")" ]; then jar=$candidate; break; fi
done
if [ -z "$jar" ]; then
  say "ERROR: none of the jars in $built names a Main-Class, so nothing can be started with java -jar." >&2
  say "Give the jar one (maven-jar-plugin or maven-shade-plugin with mainClass, the application plugin of Gradle), or name a command in a Procfile." >&2
  exit 1
fi
say "$jar ($(main_of "$jar"))"

work=/tmp/jar
rm -rf "$work" && mkdir "$work"
if [ "\${jar%.war}" = "$jar" ] && unzip -l "$jar" | grep -q ' BOOT-INF/classes/'; then
  unzip -q "$jar" -d "$work"
  manifest=$work/META-INF/MANIFEST.MF
  start=$(tr -d '\\r' < "$manifest" | sed -n 's/^Start-Class: *//p' | head -n 1)
  mv "$work"/BOOT-INF/lib/* "$out/lib/"
  if [ -f "$work/BOOT-INF/classpath.idx" ]; then
    names=$(sed -n 's|^- "\\(.*/\\)\\{0,1\\}\\([^/"]*\\)"$|\\2|p' "$work/BOOT-INF/classpath.idx")
  else
    names=$(unzip -Z1 "$jar" | sed -n 's|^BOOT-INF/lib/\\(..*\\)$|\\1|p')
  fi
  # A line of a manifest has 72 bytes; jar breaks longer ones by itself only when it is told in one line.
  path=
  for name in $names; do if [ -f "$out/lib/$name" ]; then path="$path lib/$name"; fi; done
  tr -d '\\r' < "$manifest" | sed -e ':a' -e 'N' -e '$!ba' -e 's/\\n //g' | grep -E '^(Implementation|Specification|Spring-Boot-Version|Add-Opens|Add-Exports|Multi-Release|Build-)' > "$work/manifest" || true
  printf 'Main-Class: %s\\nClass-Path:%s\\n' "$start" "$path" >> "$work/manifest"
  ( cd "$work" && mkdir -p own && mv BOOT-INF/classes/* own/ 2>/dev/null || true )
  for each in "$work"/META-INF/*; do
    case $each in */MANIFEST.MF) ;; *) mkdir -p "$work/own/META-INF" && cp -r "$each" "$work/own/META-INF/" ;; esac
  done
  fold() { awk '{ line = $0; n = 70; while (length(line) > n) { print (n == 70 ? "" : " ") substr(line, 1, n); line = substr(line, n + 1); n = 69 } print (n == 70 ? "" : " ") line }' "$1"; }
  fold "$work/manifest" > "$work/manifest.folded"
  jar --create --file "$out/app/app.jar" --manifest "$work/manifest.folded" -C "$work/own" .
  say "$(ls "$out/lib" | wc -l) libraries in a layer of their own"
else
  cp "$jar" "$out/app/app.jar"
  # A thin jar names its libraries, by paths beside it.
  for name in $(unzip -p "$jar" META-INF/MANIFEST.MF | tr -d '\\r' | sed -e ':a' -e 'N' -e '$!ba' -e 's/\\n //g' | sed -n 's/^Class-Path: *//p'); do
    case $name in /*|*..*|*:*) continue ;; esac
    file=$(dirname "$jar")/$name
    test -f "$file" || continue
    case $name in lib/*) to=$out/$name ;; *) to=$out/app/$name ;; esac
    mkdir -p "$(dirname "$to")" && cp "$file" "$to"
  done
fi
rm -rf "$work"
`
