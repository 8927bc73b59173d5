import { StartAddon } from '@vastrox/shared/agent-api-addons.ts'
import { expect, it } from 'vitest'
import { addonSpec } from '#agent/addons/addon-spec.ts'

const spec = StartAddon.parse({
  addonId: 'addon0001',
  addonName: 'db',
  generation: 3,
  image: { prepared: { stack: 'postgresql', version: '17' } },
  command: ['postgres', '-c', 'shared_buffers=64MB'],
  env: { POSTGRES_PASSWORD: 'a=b' },
  volume: { volumeId: 'volume0001', mountPath: '/data', isNew: true },
  limits: { memoryBytes: 512 * 2 ** 20, cpuMillis: 500 },
  stopGraceMs: 30_500,
})
const place = {
  instance: 'ab12cd',
  network: 'vastrox-ab12cd--addon0001',
  address: '10.128.4.2',
  mounts: [
    { Type: 'volume' as const, Source: 'vastrox-ab12cd-volume-volume0001', Target: '/data' },
  ],
  nofile: 65_536,
  profiles: [],
  imageId: `sha256:${'0'.repeat(64)}`,
  isPrepared: true,
  owner: { uid: 900, gid: 900 },
}

it('an add-on is shut in: nobody’s root, no way to forward or to ask names, limits, and restarts by the engine', () => {
  const { HostConfig, ...rest } = addonSpec(spec, place)

  expect(rest).toEqual({
    Image: place.imageId,
    Hostname: 'db',
    Cmd: ['postgres', '-c', 'shared_buffers=64MB'],
    Env: ['POSTGRES_PASSWORD=a=b'],
    Labels: {
      'vastrox.instance': 'ab12cd',
      'vastrox.kind': 'addon',
      'vastrox.addon': 'addon0001',
      'vastrox.addon-name': 'db',
      'vastrox.generation': '3',
      'vastrox.address': '10.128.4.2',
    },
    StopTimeout: 31,
    NetworkingConfig: {
      EndpointsConfig: {
        'vastrox-ab12cd--addon0001': {
          IPAMConfig: { IPv4Address: '10.128.4.2' },
          GwPriority: 1,
        },
      },
    },
  })
  expect(HostConfig).toMatchObject({
    Privileged: false,
    Init: true,
    PortBindings: {},
    NetworkMode: 'vastrox-ab12cd--addon0001',
    CapDrop: ['ALL'],
    CapAdd: [],
    SecurityOpt: ['no-new-privileges'],
    ReadonlyRootfs: true,
    Sysctls: { 'net.ipv4.ip_forward': '0' },
    Dns: ['127.0.0.1'],
    PidsLimit: 2_048,
    Memory: 512 * 2 ** 20,
    MemorySwap: 512 * 2 ** 20,
    NanoCpus: 500_000_000,
    OomScoreAdj: 150,
    ShmSize: 128 * 2 ** 20,
    RestartPolicy: { Name: 'unless-stopped' },
    Mounts: place.mounts,
  })
})

it('somebody else’s image may begin as root and step down, and never write beside its volume unless it is said', () => {
  const foreign = { ...spec, image: { reference: 'mongo:8' }, command: null, readOnlyRoot: false }
  const made = addonSpec(foreign, { ...place, isPrepared: false, owner: { uid: 0, gid: 0 } })

  expect(made).not.toHaveProperty('Cmd')
  expect(made.HostConfig.CapAdd).toContain('SETUID')
  expect(made.HostConfig.CapAdd).not.toContain('NET_RAW')
  expect(made.HostConfig.ReadonlyRootfs).toBe(false)
  expect(made.HostConfig.Sysctls).toEqual({ 'net.ipv4.ip_forward': '0' })
})
