import { readFile } from 'node:fs/promises'
import { isHost } from '@vastrox/shared/image-reference.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { z } from 'zod'

const Host = z.string().max(260).refine(isHost, 'not a host name')
const Prefix = z
  .string()
  .max(200)
  .regex(/^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*$/)

/** What root has said about image registries: `<data>/agent/registry.json`, readable by root alone. */
export const RegistrySettings = z.object({
  /** Asked in place of the registry that the engine asks by itself. */
  mirror: z
    .object({
      host: Host,
      /** Before the official name: empty, or `hub/`. */
      prefix: Prefix,
      credentials: z
        .object({ username: z.string().min(1).max(256), password: z.string().min(1).max(8_192) })
        .nullable(),
    })
    .nullable()
    .default(null),
  /** Registries inside this network that apps may have their images from. */
  allowedHosts: z.array(Host).max(100).default([]),
  /** Prepared images never come from a registry. */
  isOff: z.boolean().default(false),
})
export type RegistrySettings = z.infer<typeof RegistrySettings>

export const registryFileOf = (agentDirectory: string): string => `${agentDirectory}/registry.json`

const NOTHING_SAID: RegistrySettings = { mirror: null, allowedHosts: [], isOff: false }

/** Read anew each time: it is asked seldom, and a change must count at once. */
export async function readRegistrySettings(file: string): Promise<RegistrySettings> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return NOTHING_SAID
    throw error
  }
  return RegistrySettings.parse(JSON.parse(text))
}

export const writeRegistrySettings = (file: string, settings: RegistrySettings): Promise<void> =>
  writeAtomically(file, `${JSON.stringify(settings, null, 2)}\n`, 0o600)
