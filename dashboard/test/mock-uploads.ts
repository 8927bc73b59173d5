import type { TreeDifference, UploadedFiles, Uploads } from '@vastrox/shared/upload.ts'

export const UPLOADS: Uploads = {
  publishOnIdle: false,
  plainFtp: false,
  passwordChangedAt: '2026-11-20T12:00:00.000Z',
  openTransfers: 0,
  incomplete: ['/images/header.jpg'],
  clients: [
    {
      protocol: 'sftp',
      address: '192.0.2.7',
      name: 'anna',
      since: '2026-11-26T11:00:00.000Z',
    },
  ],
  changedAt: '2026-11-26T11:00:00.000Z',
  problem: null,
  usedBytes: 1_234_567,
  usedEntries: 42,
  maxBytes: 4_294_967_296,
  maxEntries: 100_000,
  sftp: { host: 'vastrox.example', port: 2222, user: 'shop' },
  ftps: { host: 'vastrox.example', port: 2121, user: 'shop' },
}

export const DIFFERENCE: TreeDifference = {
  release: 12,
  added: 1,
  changed: 1,
  removed: 1,
  addedBytes: 90_000,
  removedBytes: 1_200,
  changes: [
    { path: 'images/header.jpg', kind: 'added', beforeBytes: null, afterBytes: 80_000 },
    { path: 'index.html', kind: 'changed', beforeBytes: 1_000, afterBytes: 10_000 },
    { path: 'old.html', kind: 'removed', beforeBytes: 200, afterBytes: null },
  ],
}

export const FILES: UploadedFiles = {
  path: '/',
  more: false,
  files: [
    {
      name: 'images',
      kind: 'directory',
      sizeBytes: 0,
      executable: false,
      modifiedAt: '2026-11-26T11:00:00.000Z',
    },
    {
      name: 'index.html',
      kind: 'file',
      sizeBytes: 10_000,
      executable: false,
      modifiedAt: '2026-11-26T11:00:00.000Z',
    },
  ],
}

export const TEXT = '<!doctype html>\n<html lang="en">\n  <title>Shop</title>\n</html>\n'
