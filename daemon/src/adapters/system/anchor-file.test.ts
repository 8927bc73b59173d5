import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createAnchorFile } from '#adapters/system/anchor-file.ts'

const anchor = (id: number) => ({
  at: '2026-11-26T12:00:00.000Z',
  id,
  chain: 'a'.repeat(64),
  signature: 'c2ln',
  publicKey: 'a2V5',
})

it('keeps every whole line, whatever was cut short before it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-anchors-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'anchors')
  const log = createAnchorFile(path)
  expect(await log.read()).toEqual([])

  await log.add(anchor(1))
  appendFileSync(path, '{"at":"2026-11-26T13:00')
  await log.add(anchor(2))
  await log.add(anchor(3))

  expect((await log.read()).map((line) => line?.id)).toEqual([1, undefined, 2, 3])
  expect(readFileSync(path, 'utf8')).not.toContain('\n\n')
  expect(statSync(path).mode & 0o777).toBe(0o600)
})
