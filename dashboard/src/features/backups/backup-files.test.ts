import type { BackupFile } from '@vastrox/shared/backup.ts'
import { expect, it } from 'vitest'
import { foldersTo, nameOf, sortFiles } from '#features/backups/backup-files.ts'

const file = (path: string, type: BackupFile['type'] = 'file'): BackupFile => ({
  path,
  type,
  sizeBytes: 1,
  modifiedAt: '2026-11-26T12:00:00.000Z',
})

it('shows folders first, numbers in their order, and not the folder itself', () => {
  const files = [file('/a/10.png'), file('/a/2.png'), file('/a', 'dir'), file('/a/z', 'dir')]

  expect(sortFiles(files, '/a/').map(({ path }) => path)).toEqual(['/a/z', '/a/2.png', '/a/10.png'])
})

it('knows the way to a folder, and what a file is called', () => {
  expect(foldersTo('/a/b c')).toEqual([
    { name: 'a', path: '/a' },
    { name: 'b c', path: '/a/b c' },
  ])
  expect(foldersTo('/')).toEqual([])
  expect(nameOf('/a/b c/')).toBe('b c')
})
