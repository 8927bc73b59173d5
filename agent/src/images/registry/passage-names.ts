import { z } from 'zod'
import type { Engine } from '#agent/engine/engine.ts'

const Named = z.array(
  z.object({
    RepoTags: z.array(z.string()).nullable(),
    RepoDigests: z.array(z.string()).nullable(),
  }),
)

/** Every repository that is reached by a passage of this installation is named so, and then by a secret. */
export const passedBy = (instance: string): string => `vastrox-${instance}-`

/** Names of images that an agent was fetching when it died; the images go with them. */
export async function dropPassed(engine: Engine, instance: string): Promise<void> {
  const ours = new RegExp(`^127\\.0\\.0\\.1:\\d+/${passedBy(instance)}[0-9a-f]{32}/`)
  const images = await engine.get('/images/json', Named)
  const names = images.flatMap(({ RepoTags, RepoDigests }) => [
    ...(RepoTags ?? []),
    ...(RepoDigests ?? []),
  ])
  for (const name of names.filter((one) => ours.test(one)))
    await engine.act('DELETE', `/images/${name}`).catch(() => {
      // Something is made of it at this moment; the next start.
    })
}
