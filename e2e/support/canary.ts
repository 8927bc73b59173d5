import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { run } from '@vastrox/shared/node/run.ts'
import { docker } from '#support/engine.ts'

/** Every text that would give one of the secrets away; of several lines each by itself, PEM's frame apart. */
export const formsOf = (secrets: readonly string[]): string[] => [
  ...new Set(
    secrets.flatMap((secret) =>
      secret.split('\n').flatMap((line) => {
        if (line.startsWith('-----')) return []
        const bytes = Buffer.from(line)
        return [
          line,
          JSON.stringify(line).slice(1, -1),
          encodeURIComponent(line),
          bytes.toString('base64').replace(/=+$/, '').slice(0, -2),
          bytes.toString('base64url').slice(0, -2),
          bytes.toString('hex'),
          bytes.toString('hex').toUpperCase(),
        ]
      }),
    ),
  ),
]

/** Which of the secrets a text gives away, by the place where it was found. */
export function leaksIn(texts: Iterable<[where: string, text: string]>, forms: readonly string[]) {
  const found: string[] = []
  for (const [where, text] of texts)
    for (const form of forms) if (text.includes(form)) found.push(`${form} in ${where}`)
  return found
}

/** Files under these folders that have one of the forms. The forms go to grep in a file, not as arguments. */
export async function filesWith(
  forms: readonly string[],
  folders: readonly string[],
): Promise<string[]> {
  if (folders.length === 0) return []
  const home = mkdtempSync(join(tmpdir(), 'vastrox-canary-'))
  try {
    const patterns = join(home, 'patterns')
    writeFileSync(patterns, `${forms.join('\n')}\n`, { mode: 0o600 })
    const grep = await run('/usr/bin/grep', ['-rlaF', '-f', patterns, '--', ...folders], {
      env: { LC_ALL: 'C' },
      timeoutMs: 120_000,
    })
    // 2: a file that went away meanwhile; those that were found are named all the same.
    return grep.stdout.toString().split('\n').filter(Boolean)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** Where the engine keeps the layers of an image that its base has not. */
export async function ownLayersOf(image: string, base: string): Promise<string[]> {
  const layersOf = async (name: string): Promise<string[]> => {
    const text = await docker(
      'image',
      'inspect',
      '-f',
      '{{.GraphDriver.Data.UpperDir}}:{{.GraphDriver.Data.LowerDir}}',
      name,
    )
    return text.split(':').filter((path) => path.startsWith('/'))
  }
  const known = new Set(await layersOf(base))
  return (await layersOf(image)).filter((path) => !known.has(path))
}

/** Looks at the argument lists of all processes ten times a second until it is stopped. */
export function watchArguments(forms: readonly string[]) {
  const found = new Set<string>()
  let looks = 0
  const over = new AbortController()
  const watching = (async () => {
    while (!over.signal.aborted) {
      looks += 1
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
        try {
          const text = readFileSync(`/proc/${pid}/cmdline`, 'latin1')
          for (const form of forms)
            if (text.includes(Buffer.from(form).toString('latin1')))
              found.add(`${form} in ${text.replaceAll('\0', ' ').slice(0, 200)}`)
        } catch {
          // It has ended.
        }
      await sleep(100)
    }
  })()
  return {
    async stop(): Promise<{ found: string[]; looks: number }> {
      over.abort()
      await watching
      return { found: [...found], looks }
    },
  }
}
