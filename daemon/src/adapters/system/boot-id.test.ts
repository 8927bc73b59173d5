import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { fileId } from './boot-id.ts'

it('a file keeps its id however it is written and named, and a copy has another one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-file-id-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'control.sqlite')
  writeFileSync(path, 'rows')
  const id = fileId(path)

  appendFileSync(path, 'more')
  copyFileSync(path, `${path}.copy`)
  expect([fileId(path), fileId(`${path}.copy`) === id]).toEqual([id, false])
  renameSync(path, `${path}.moved`)
  expect(fileId(`${path}.moved`)).toBe(id)
})
