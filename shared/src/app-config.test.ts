import { describe, expect, it } from 'vitest'
import { MountPath } from './app-config.ts'

describe('where a volume may be (rule C2)', () => {
  it('is an absolute path that the system does not need', () => {
    for (const path of ['/data', '/srv/app/data', '/var/lib/x'])
      expect(MountPath.safeParse(path).success, path).toBe(true)
    for (const path of [
      'data',
      '/',
      '/a/',
      '/a//b',
      '/a/../etc',
      '/etc',
      '/proc/1',
      '/a b',
      '/a:b',
    ])
      expect(MountPath.safeParse(path).success, path).toBe(false)
  })
})
