import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { volumesByApp } from '#agent/disk/measure.ts'

it('tells volumes that cannot be read from none, which would end every hold', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vastrox-volumes-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'volume01.json'), '{"appId":"app00001"}')

  expect(await volumesByApp(folder)).toEqual(new Map([['app00001', [join(folder, 'volume01')]]]))
  expect(await volumesByApp(join(folder, 'none'))).toEqual(new Map())
  await expect(volumesByApp(join(folder, 'volume01.json'))).rejects.toThrow('ENOTDIR')
})
