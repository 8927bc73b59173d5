import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { AgentClient } from '#test/agent-client.ts'
import { collect } from '#test/collect.ts'
import { tarOf } from '#test/tar-of.ts'

/** Node and nothing else, as an image of an app; gives its id. */
export async function bareImageOf(
  client: Pick<AgentClient, 'build'>,
  appId: string,
): Promise<string> {
  const job = {
    appId,
    appName: appId,
    buildId: randomBytes(8).toString('hex'),
    dockerfile: 'Dockerfile',
    noCache: false,
    secrets: {},
    timeoutMs: 60_000,
  }
  const context = await tarOf({ Dockerfile: 'FROM vastrox/node:26\n' })
  const done = (await collect(client.build(job, context))).at(-1)
  return z.object({ type: z.literal('done'), imageId: z.string() }).parse(done).imageId
}
