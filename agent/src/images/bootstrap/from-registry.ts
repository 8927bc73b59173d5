import { BASE_PACKAGES, BASE_SETTINGS } from '#agent/images/bootstrap/base-recipe.ts'
import { CA, installPackages, upgradePackages } from '#agent/images/recipes/apt.ts'

/**
 * The distribution's own image, brought up to date: with the mirrors of the host where they are
 * known, the security updates since it was published, and what bases of ours have besides.
 */
export const registryBaseDockerfile = (official: string, lines: readonly string[]): string =>
  [
    `FROM ${official} AS base`,
    ...(lines.length === 0 ? [] : [`RUN ${CA} ${sources(lines)}`]),
    installPackages([...BASE_PACKAGES]),
    upgradePackages(),
    ...BASE_SETTINGS,
    '',
  ].join('\n')

const sources = (lines: readonly string[]): string =>
  `rm -f /etc/apt/sources.list.d/debian.sources && printf '%s\\n' ${lines.map((line) => `'${line.replaceAll("'", '')}'`).join(' ')} > /etc/apt/sources.list`
