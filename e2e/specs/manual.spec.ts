import { App } from '@vastrox/shared/app.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { destroyApp } from '#support/apps.ts'
import { connectInstallation } from '#support/installation.ts'
import { readTree } from '#support/manual/page-tree.ts'
import { blocksOf, runPage, unseen } from '#support/manual/run-page.ts'

const vastrox = connectInstallation()
const isLong = process.env['VASTROX_LONG'] === '1'
/** A page that is the first to need an image waits for it to be made. */
const PAGE_MS = 1_200_000
/** `VASTROX_MANUAL=docs/stacks/GO.md` runs one page alone. */
const only = process.env['VASTROX_MANUAL']
const pages = readTree()
  .groups.flatMap((group) => group.pages)
  .map(({ file }) => ({
    file,
    blocks: blocksOf(file).filter((block) => isLong || only === file || !block.isLong),
  }))
  .filter(({ file, blocks }) => blocks.length > 0 && (only === undefined || only === file))

const appNames = async (): Promise<string[]> =>
  (await vastrox.read(pageOf(App), '/apps?limit=200')).items.map(({ name }) => name)

let before: string[]
beforeAll(async () => {
  before = await appNames()
})
afterAll(async () => {
  for (const name of await appNames()) if (!before.includes(name)) await destroyApp(vastrox, name)
})

describe('what the documentation tells people to type does what it says', () => {
  it.each(pages)(
    '$file',
    async ({ file, blocks }) => {
      const { outputs, failedAt } = await runPage(vastrox, blocks)

      const failed = failedAt === undefined ? undefined : blocks[failedAt]
      expect(failed && `${file}:${failed.line}\n${outputs[failedAt ?? 0] ?? ''}`).toBeUndefined()
      for (const [at, block] of blocks.entries())
        expect(
          unseen(block, outputs[at] ?? ''),
          `${file}:${block.line} printed:\n${outputs[at]}`,
        ).toBeUndefined()
    },
    PAGE_MS,
  )
})
