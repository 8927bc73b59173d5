import { readFileSync } from 'node:fs'
import { PROCESS_ENV, pathsOf } from '@vastrox/shared/installation-paths.ts'

/** What of config.json the supervisor needs. */
export interface SupervisorConfig {
  instance: string
  httpPort: number
  httpsPort: number
  sshPort: number
  proxyWorkers: number
  hostEnv: Record<string, string>
}

/** Where the supervisor works, and how. Throws for what is missing or wrong. */
export function readSettings(env: NodeJS.ProcessEnv) {
  const dataDir = env[PROCESS_ENV.dataDir]
  if (!dataDir?.startsWith('/'))
    throw new Error(`${PROCESS_ENV.dataDir} must name the data directory`)
  const paths = pathsOf(dataDir)
  return { dataDir, paths, config: parseConfig(readFileSync(paths.config, 'utf8')) }
}

/**
 * Checked by hand: install.sh has written it from the full schema, and zod alone would be a fifth of
 * this process's memory.
 */
export function parseConfig(text: string): SupervisorConfig {
  const raw: unknown = JSON.parse(text)
  const fields = new Map(typeof raw === 'object' && raw !== null ? Object.entries(raw) : [])
  const integer = (name: string, most: number): number => {
    const value: unknown = fields.get(name)
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most)
      return value
    throw new Error(`config.json: ${name} must be a number from 1 to ${most}`)
  }
  const instance: unknown = fields.get('instance')
  if (typeof instance !== 'string' || !/^[0-9a-f]{6}$/.test(instance))
    throw new Error('config.json: instance must be six hex digits')
  return {
    instance,
    httpPort: integer('httpPort', 65_535),
    httpsPort: integer('httpsPort', 65_535),
    sshPort: integer('sshPort', 65_535),
    proxyWorkers: integer('proxyWorkers', 64),
    hostEnv: textsOf(fields.get('hostEnv')),
  }
}

function textsOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )
}
