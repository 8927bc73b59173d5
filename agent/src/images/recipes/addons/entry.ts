import { printed } from '#agent/images/recipes/file.ts'

/** Of every image of an add-on: no server ever is root, and its files have the same owner in all of them. */
export const ADDON_USER = '900:900'

/** Where the volume of an add-on is mounted. */
export const DATA = '/data'

const PROGRAM = '/usr/local/bin/vastrox-addon'

/** Packages start no service of theirs while they are installed. */
export const QUIET_INSTALL =
  "RUN printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d && chmod 0755 /usr/sbin/policy-rc.d" +
  ' && groupadd --system --gid 900 addon' +
  ` && useradd --system --uid 900 --gid addon --home-dir ${DATA} --no-create-home --shell /usr/sbin/nologin addon`

/**
 * What every entry program begins with. `secret NAME` gives the value of NAME, or of the file that
 * NAME_FILE names, and ends the container with words where there is neither.
 */
const BEGINNING = [
  '#!/bin/sh',
  'set -eu',
  'umask 077',
  'say() { printf "vastrox: %s\\n" "$*" >&2; }',
  'secret() {',
  '  eval "file=\\${$1_FILE:-}"',
  '  if [ -n "$file" ]; then value=$(cat "$file"); else eval "value=\\${$1:-}"; fi',
  '  if [ -z "$value" ]; then say "$1 is missing: nothing is made without a password."; exit 64; fi',
  '}',
]

/** The program that a container begins with: makes an empty volume a database, then is the server. */
export const entry = (lines: readonly string[]): string =>
  `RUN ${printed([...BEGINNING, ...lines], PROGRAM)} && chmod 0755 ${PROGRAM} && sh -n ${PROGRAM}` +
  ' && rm -f /usr/sbin/policy-rc.d'

/** How the image is run. */
export const runs = (command: readonly string[], stopSignal = 'SIGTERM'): string[] => [
  `USER ${ADDON_USER}`,
  `WORKDIR /tmp`,
  `STOPSIGNAL ${stopSignal}`,
  `ENTRYPOINT ["${PROGRAM}"]`,
  `CMD ${JSON.stringify(command)}`,
]
