import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Made by whoever first puts something there, who removes it too. */
export const unmadeFolder = (): string => join(tmpdir(), `vastrox-uploads-${randomUUID()}`)
