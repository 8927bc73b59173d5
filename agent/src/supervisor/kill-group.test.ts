import { describe, expect, it } from 'vitest'
import { findControlGroupRoot } from '#agent/supervisor/kill-group.ts'

const V2 = 'cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nodev,noexec,relatime,nsdelegate 0 0\n'
const HYBRID = `tmpfs /sys/fs/cgroup tmpfs ro,nosuid,nodev,noexec,mode=755 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw,nosuid,nodev,noexec,relatime 0 0
cgroup /sys/fs/cgroup/systemd cgroup rw,nosuid,nodev,noexec,relatime,xattr,name=systemd 0 0
`
const V1 = `cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0
cgroup /sys/fs/cgroup/pids cgroup rw,relatime,pids 0 0
`

describe('where control groups for processes are made', () => {
  it('is version 2 where it is mounted, alone or beside version 1', () => {
    expect(findControlGroupRoot(V2)).toBe('/sys/fs/cgroup')
    expect(findControlGroupRoot(HYBRID)).toBe('/sys/fs/cgroup/unified')
  })

  it('is a hierarchy of version 1 that limits nothing by itself, never that of memory', () => {
    expect(findControlGroupRoot(V1)).toBe('/sys/fs/cgroup/pids')
  })

  it('is nowhere when it cannot be written', () => {
    expect(findControlGroupRoot(V2.replace('rw', 'ro'))).toBeUndefined()
    expect(findControlGroupRoot('proc /proc proc rw 0 0\n')).toBeUndefined()
  })
})
