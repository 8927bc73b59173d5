import { describe, expect, it } from 'vitest'
import { findMounts, protectionFiles } from '#agent/supervisor/protected-group.ts'

const V1 = `cgroup /sys/fs/cgroup/cpu cgroup rw,relatime,cpu 0 0
cgroup /sys/fs/cgroup/cpuacct cgroup rw,relatime,cpuacct 0 0
cgroup /sys/fs/cgroup/blkio cgroup rw,relatime,blkio 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0
`

describe('what the platform gets before apps and builds, where systemd does not see to it', () => {
  it('is these files on version 1', () => {
    expect(protectionFiles('a1b2c3', findMounts(V1))).toEqual([
      ['/sys/fs/cgroup/cpu/vastrox-a1b2c3/cpu.shares', '4096'],
      ['/sys/fs/cgroup/blkio/vastrox-a1b2c3/blkio.bfq.weight', '500'],
      ['/sys/fs/cgroup/blkio/vastrox-a1b2c3/blkio.weight', '500'],
    ])
  })

  it('is these files on version 2', () => {
    const mounts = findMounts('cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n')

    expect(protectionFiles('a1b2c3', mounts)).toEqual([
      ['/sys/fs/cgroup/cgroup.subtree_control', '+cpu'],
      ['/sys/fs/cgroup/cgroup.subtree_control', '+memory'],
      ['/sys/fs/cgroup/cgroup.subtree_control', '+io'],
      ['/sys/fs/cgroup/vastrox-a1b2c3/cpu.weight', '400'],
      ['/sys/fs/cgroup/vastrox-a1b2c3/memory.low', '268435456'],
      ['/sys/fs/cgroup/vastrox-a1b2c3/io.weight', 'default 500'],
      ['/sys/fs/cgroup/vastrox-a1b2c3/io.bfq.weight', '500'],
    ])
  })

  it('is nothing where there are none', () => {
    expect(protectionFiles('a1b2c3', findMounts('proc /proc proc rw 0 0\n'))).toEqual([])
  })
})
