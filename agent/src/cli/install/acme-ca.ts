import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { InstallationConfig } from '@vastrox/shared/installation.ts'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { SetupError } from '#agent/cli/setup-error.ts'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g

/** The certificates of a CA bundle, as PEM. Throws a SetupError for what is none. */
export async function readBundle(path: string): Promise<string> {
  const hint = 'Give a file with certificates in PEM.'
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error)
    throw new SetupError(`--acme-ca-file cannot be read: ${why}`, hint)
  })
  const found = text.match(CERTIFICATE) ?? []
  if (found.length === 0) throw new SetupError(`${path} has no certificate in it.`, hint)
  for (const pem of found)
    try {
      void new X509Certificate(pem).subject
    } catch {
      throw new SetupError(`${path} has a certificate in it that cannot be read.`, hint)
    }
  return `${found.join('\n')}\n`
}

/**
 * Keeps a copy where the daemon may read it: the file that was named can be anybody's, and can go.
 * Gives the config with the copy in its place.
 */
export async function keepAcmeBundle(
  config: InstallationConfig,
  copy: string,
): Promise<InstallationConfig> {
  const { acmeCaFile } = config
  if (acmeCaFile === null || acmeCaFile === copy) return config
  await writeAtomically(copy, await readBundle(acmeCaFile), 0o644)
  return { ...config, acmeCaFile: copy }
}
