const IMPORTING = ['env:import', 'config:import', 'registries:login']
const SETTING = ['env:set', 'config:set']

/**
 * Whether a command of the daemon's reads standard input: `env:import <app>`, `registries:login`, `env:set <app> -` and
 * `env:set <app> NAME`. For every other one it is left alone: without a terminal it may never end.
 */
export function takesStdin([name = '', ...rest]: readonly string[]): boolean {
  if (IMPORTING.includes(name)) return true
  const words = rest.filter((word) => word === '-' || !word.startsWith('-'))
  return SETTING.includes(name) && words.length === 2 && !words[1]?.includes('=')
}
