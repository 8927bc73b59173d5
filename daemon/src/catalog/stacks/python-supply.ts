import type { PythonProject } from './python-facts.ts'

export interface Supply {
  packages: string[]
  because: string[]
}

const SERVERS: Record<string, readonly string[]> = {
  gunicorn: ['gunicorn>=23,<28'],
  uvicorn: ['uvicorn>=0.30,<1', 'uvloop>=0.19,<1', 'httptools>=0.6,<1', 'websockets>=12,<18'],
  hypercorn: ['hypercorn>=0.17,<1'],
  daphne: ['daphne>=4,<5'],
  'waitress-serve': ['waitress>=3,<4'],
}

/** Servers that a command starts and nobody has asked for; they go beside what is installed. */
export function chooseSupply(
  { names, lockedNames, django, modules }: PythonProject,
  commands: readonly string[],
): Supply {
  const supplied: string[] = []
  const because: string[] = []
  for (const [program, wanted] of Object.entries(SERVERS)) {
    const package_ = program === 'waitress-serve' ? 'waitress' : program
    const isThere = program === 'uvicorn' ? hasUvicorn(names) : names.has(package_)
    if (isThere || !commands.some((command) => starts(command, program))) continue
    supplied.push(...wanted)
    if (!lockedNames.has(package_))
      because.push(
        program === 'uvicorn'
          ? 'uvicorn is added, with uvloop, httptools and websockets: the project asks for no server'
          : `${package_} is added: the project does not ask for it`,
      )
  }
  if (django?.needsWhiteNoise && !names.has('whitenoise')) supplied.push('whitenoise>=6,<7')
  const takesSockets = modules.some(({ calls }) =>
    [...calls].some((call) => call.endsWith('.websocket')),
  )
  const hasSockets = [
    'websockets',
    'wsproto',
    'uvicorn[standard]',
    'fastapi[standard]',
    'fastapi[all]',
  ].some((name) => lockedNames.has(name))
  if (takesSockets && hasUvicorn(names) && !hasSockets) {
    supplied.push('websockets>=12,<18')
    because.push('websockets is added: uvicorn takes no WebSockets without it')
  }
  return { packages: supplied, because }
}

/** Whether a command runs a program, as its first word or after `&&`. */
export const starts = (command: string, program: string): boolean =>
  command
    .slice(0, 8_192)
    .split(/&&|;|\|\|/)
    .some((part) => {
      const words = part.trim().split(/\s+/, 12)
      const at = words.findIndex(
        (word) => !/^(exec|env|[A-Za-z_]\w*=.*|\/srv\/vastrox\/serve|python3?|-m)$/.test(word),
      )
      return words[at] === program
    })

/** Whether uvicorn is among what is asked for, by itself or as an extra of another. */
export const hasUvicorn = (names: ReadonlySet<string>): boolean =>
  ['uvicorn', 'fastapi[standard]', 'fastapi[all]', 'litestar[standard]', 'python-fasthtml'].some(
    (name) => names.has(name),
  )
