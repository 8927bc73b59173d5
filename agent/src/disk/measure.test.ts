import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { z } from 'zod'
import { LABEL } from '#agent/containers/labels.ts'
import { listAppContainers, volumesByApp } from '#agent/disk/measure.ts'
import { createEngine } from '#agent/engine/engine.ts'

it('tells volumes that cannot be read from none, which would end every hold', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vastrox-volumes-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'volume01.json'), '{"appId":"app00001"}')

  expect(await volumesByApp(folder)).toEqual(new Map([['app00001', [join(folder, 'volume01')]]]))
  expect(await volumesByApp(join(folder, 'none'))).toEqual(new Map())
  await expect(volumesByApp(join(folder, 'volume01.json'))).rejects.toThrow('ENOTDIR')
})

it('takes the volume of an add-on for nobody’s: no app is held for it, and no database is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vastrox-volumes-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'volume01.json'), '{"appId":"app00001"}')
  await writeFile(join(folder, 'volume02.json'), '{"appId":"addon0001","isOfAddon":true}')

  expect([...(await volumesByApp(folder)).keys()]).toEqual(['app00001'])
})

it('sees add-ons only where what is written beside volumes is looked for', async () => {
  const labels = [
    { [LABEL.kind]: 'instance', [LABEL.app]: 'app00001' },
    { [LABEL.kind]: 'addon', [LABEL.addon]: 'addon0001' },
    { [LABEL.kind]: 'network' },
  ]
  const engine = {
    ...createEngine('/nowhere'),
    get: async <Schema extends z.ZodType>(_path: string, schema: Schema) =>
      schema.parse(
        labels.map((Labels, at) => ({ Id: `${at}`, Names: [`/${at}`], State: 'running', Labels })),
      ),
  }
  const listed = async (withAddons: boolean) =>
    (await listAppContainers(engine, 'a1b2c3', { withSizes: true, withAddons })).map(
      ({ appId, isAddon }) => [appId, isAddon],
    )

  expect(await listed(false)).toEqual([['app00001', false]])
  expect(await listed(true)).toEqual([
    ['app00001', false],
    ['addon0001', true],
  ])
})
