import type { Suite } from '#agent/images/recipes/recipe.ts'
import { recipeId } from '#agent/images/stack-image.ts'

/** What Node and HTTPS need beyond the essential packages. */
export const BASE_PACKAGES = ['ca-certificates', 'libatomic1', 'libstdc++6'] as const

/** How mmdebstrap is called, on the host and in a container alike. */
export const OPTIONS = [
  '--variant=minbase',
  '--mode=root',
  '--format=tar',
  `--include=${BASE_PACKAGES.join(',')}`,
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

/** Changes with the way a base is made, never with the day or the mirror. */
export const baseRecipe = (suite: Suite, origin: 'distribution' | 'registry'): string =>
  recipeId(
    origin === 'distribution'
      ? [suite, ...OPTIONS]
      : [suite, origin, officialBase(suite), ...BASE_PACKAGES, ...BASE_SETTINGS],
  )

/** The distribution's own image, as registries name it. */
export const officialBase = (suite: Suite): string => `debian:${suite}-slim`
