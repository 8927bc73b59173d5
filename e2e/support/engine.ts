import { run } from '@vastrox/shared/node/run.ts'

/** What the engine itself says, asked as an operator would. */
export async function docker(...args: string[]): Promise<string> {
  const result = await run('/usr/bin/env', ['docker', ...args], {
    env: { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' },
    timeoutMs: 60_000,
  })
  if (result.exitCode !== 0) throw new Error(`docker ${args.join(' ')}: ${result.stderr}`)
  return result.stdout.toString().trim()
}

/** Names of the containers of an app of this installation, running or not. */
export async function containersOf(instance: string, app: string): Promise<string[]> {
  const text = await docker(
    'ps',
    '-a',
    '--format',
    '{{.Names}}',
    '--filter',
    `name=^/?vastrox-${instance}-${app}-`,
  )
  return text.split('\n').filter((name) => name !== '')
}
