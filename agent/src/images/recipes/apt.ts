/** Where a build step finds the host's certificate authorities; never part of an image. */
export const CA = '--mount=type=secret,id=vastrox-ca,target=/run/vastrox/ca.pem'

const APT =
  'DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::https::CAInfo=/run/vastrox/ca.pem'

/** A RUN line that installs packages of the distribution and leaves no lists or archives behind. */
export const installPackages = (packages: readonly string[]): string =>
  `RUN ${CA} ${APT} update && ${APT} install -y --no-install-recommends ${packages.join(' ')} >/dev/null` +
  ' && apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/apt/*'

/** A RUN line that brings every package of the image up to date. */
export const upgradePackages = (): string =>
  `RUN ${CA} ${APT} update && ${APT} -y upgrade >/dev/null` +
  ' && apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/apt/*'

/** Every runtime image has this user; apps run as it. */
export const addUser = (name: string): string =>
  `groupadd --gid 1000 ${name} && useradd --uid 1000 --gid ${name} --create-home ${name}`
