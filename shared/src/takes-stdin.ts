const IMPORTING = [
  'env:import',
  'apply',
  'config:import',
  'registries:login',
  'keys:import',
  'certificates:upload',
]
const SETTING = ['env:set', 'config:set']
const SAYING = [
  '--token-stdin',
  '--secret-stdin',
  '--password-stdin',
  '--page-stdin',
  '--hmac-stdin',
  '--ca-stdin',
]
/** `password=-` */
const SETTING_UP = ['destinations:add', 'destinations:change', 'channels:add', 'channels:change']
const ADDING = ['keys:add', 'deploy-keys:add']

/**
 * Whether a command of the daemon's reads standard input: `env:import <app>`, `registries:login`,
 * `env:set <app> -`, `env:set <app> NAME`, `keys:import`, `keys:add` and `deploy-keys:add` without a
 * key, a setting of a destination or a channel that is given as `=-`, and whatever is
 * given `--token-stdin` or its like. For every other one it is left alone: without a terminal it may never end.
 */
export function takesStdin([name = '', ...rest]: readonly string[]): boolean {
  if (IMPORTING.includes(name)) return true
  if (rest.some((word) => SAYING.includes(word))) return true
  if (SETTING_UP.includes(name)) return rest.some((word) => word.endsWith('=-'))
  const words = rest.filter((word) => word === '-' || !word.startsWith('-'))
  if (ADDING.includes(name)) return !words.some((word) => startsSshKey(word))
  return SETTING.includes(name) && words.length === 2 && !words[1]?.includes('=')
}

/** The types of public keys and of certificates that OpenSSH knows: others are names that look alike. */
const SSH_KEY =
  /^(?:(?:ssh-(?:ed25519|rsa|dss)|ecdsa-sha2-nistp(?:256|384|521))(?:-cert-v01@openssh\.com)?|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)(?:-cert-v01)?@openssh\.com)(?:\s|$)/

/** Whether a word begins an SSH public key, or is a whole one: it begins with its type (RFC 4253 section 6.6). */
export const startsSshKey = (word: string): boolean => SSH_KEY.test(word)
