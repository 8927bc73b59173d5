import { expect, it } from 'vitest'
import { MountPath } from './volume.ts'

it.each([
  ['/data', '/data'],
  ['/var/lib/app//files/', '/var/lib/app/files'],
  ['storage/./uploads', '/srv/app/storage/uploads'],
  ['./uploads', '/srv/app/uploads'],
])('a volume can be mounted at %s', (written, path) => {
  expect(MountPath.parse(written)).toBe(path)
})

it.each([
  '/',
  '/etc',
  '/usr/',
  '/proc/sys',
  '/dev',
  '/sys/fs',
  '.',
  '/srv/app',
  '../x',
  '/data/../etc',
  '/a:ro',
  'a,b',
  '/x\0',
  '',
])(
  'a volume cannot be mounted at %j: it would hide what the image needs, or mean another place',
  (path) => {
    expect(MountPath.safeParse(path).success).toBe(false)
  },
)
