import type { Suite } from '#agent/images/recipes/recipe.ts'
import { recipeId } from '#agent/images/stack-image.ts'

/** What Node and HTTPS need beyond the essential packages. */
const PACKAGES = 'ca-certificates,libatomic1,libstdc++6'

/** How mmdebstrap is called, on the host and in a container alike; the form of the output apart. */
export const OPTIONS = [
  '--variant=minbase',
  '--mode=root',
  '--format=tar',
  `--include=${PACKAGES}`,
  '--aptopt=Apt::Install-Recommends "false"',
  '--aptopt=Acquire::Languages "none"',
  ...['doc', 'man', 'info', 'locale', 'lintian', 'bug'].map(
    (folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`,
  ),
  '--dpkgopt=path-include=/usr/share/doc/*/copyright',
] as const

/** The image's own settings, as lines of a Dockerfile. */
export const BASE_SETTINGS = [
  'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'ENV LANG=C.UTF-8',
  'CMD ["/bin/bash"]',
] as const

export const baseRecipe = (suite: Suite): string => recipeId([suite, ...OPTIONS])

export const baseTag = (suite: Suite): string => `vastrox/base:${suite}`
