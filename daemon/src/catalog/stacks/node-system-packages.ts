import type { Project } from './node-project.ts'

interface SystemPackages {
  build: string[]
  runtime: string[]
  env: Record<string, string>
  /** What is installed and why, one line each. */
  because: string[]
}

interface Need {
  names: readonly string[]
  build?: readonly string[]
  runtime: readonly string[]
  env?: Record<string, string>
}

/** Debian's, for npm packages that work with programs or libraries of the system. */
const NEEDS: readonly Need[] = [
  {
    names: ['puppeteer', 'puppeteer-core'],
    runtime: ['chromium', 'fonts-liberation'],
    env: { PUPPETEER_EXECUTABLE_PATH: '/usr/bin/chromium', PUPPETEER_SKIP_DOWNLOAD: 'true' },
  },
  {
    names: ['playwright', 'playwright-core', 'playwright-chromium'],
    runtime: ['chromium', 'fonts-liberation'],
    env: { CHROME_PATH: '/usr/bin/chromium', PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
  },
  {
    names: ['canvas'],
    build: [
      'pkg-config',
      'libcairo2-dev',
      'libpango1.0-dev',
      'libjpeg-dev',
      'libgif-dev',
      'librsvg2-dev',
    ],
    runtime: [
      'libcairo2',
      'libpango-1.0-0',
      'libpangocairo-1.0-0',
      'libjpeg62-turbo',
      'libgif7',
      'librsvg2-2',
      'fonts-dejavu-core',
    ],
  },
  { names: ['fluent-ffmpeg'], runtime: ['ffmpeg'] },
  { names: ['gm', 'imagemagick'], runtime: ['imagemagick', 'graphicsmagick'] },
]

/** Compiled where it is installed, by the compilers of the build image alone. */
const NATIVE = [
  'bcrypt',
  'better-sqlite3',
  'sqlite3',
  'argon2',
  'canvas',
  'node-sass',
  'sodium-native',
  'bufferutil',
  'cpu-features',
  'ssh2',
  're2',
  'zeromq',
  'serialport',
  'usb',
]

/** What the packages that run, not those for development, need of the distribution. */
export function systemPackages({ manifest }: Project): SystemPackages {
  const dependencies = { ...manifest?.dependencies, ...manifest?.optionalDependencies }
  const used = (name: string): boolean => Object.hasOwn(dependencies, name)
  const needs = NEEDS.flatMap((need) => {
    const name = need.names.find(used)
    return name === undefined ? [] : [{ ...need, name }]
  })
  const native = NATIVE.filter(used)
  return {
    build: [...new Set(needs.flatMap((need) => need.build ?? []))],
    runtime: [...new Set(needs.flatMap((need) => need.runtime))],
    env: Object.assign({}, ...needs.map((need) => need.env ?? {})),
    because: [
      ...needs.map(
        ({ name, runtime }) => `${name} uses ${runtime.join(', ')} of the system: installed`,
      ),
      ...(native.length === 0
        ? []
        : [
            `${native.slice(0, 5).join(', ')}: compiled in the build image, which alone has compilers`,
          ]),
    ],
  }
}
