import {
  AppPort,
  CreateAppPort,
  DEFAULT_PORT_POLICY,
  PortPolicy,
  portNameOf,
} from '@vastrox/shared/app-port.ts'

interface Asked {
  params: string[]
  body: unknown
}

const made = new Map<string, AppPort[]>()

const portOf = (input: unknown): AppPort => {
  const wish = CreateAppPort.parse(input)
  return AppPort.parse({
    ...wish,
    name: portNameOf(wish.ports, wish.protocol),
    to: wish.to ?? Number.parseInt(wish.ports, 10),
    address: `203.0.113.10:${wish.ports}`,
    instances: 1,
    problem: null,
    traffic: { connections: 1_204, refused: 3, bytesIn: 3_400_000, bytesOut: 91_000_000 },
    createdAt: '2026-11-26T12:00:00.000Z',
  })
}

const portsOf = (app = ''): AppPort[] =>
  made.get(app) ?? [portOf({ protocol: 'tcp', ports: '25565' })]

let policy = DEFAULT_PORT_POLICY

/** Ports of the server that do as they are told. */
export const mockPorts: Record<string, (asked: Asked) => unknown> = {
  'GET /apps/:/ports': ({ params }) => ({ ports: portsOf(params[0]), allowed: ['1024-65535'] }),
  'POST /apps/:/ports': ({ params, body }) => {
    const port = portOf(body)
    made.set(params[0] ?? '', [...portsOf(params[0]), port])
    return port
  },
  'GET /port-policy': () => policy,
  'PUT /port-policy': ({ body }) => {
    policy = PortPolicy.parse(body)
    return policy
  },
  'DELETE /apps/:/ports/:': ({ params }) => {
    made.set(
      params[0] ?? '',
      portsOf(params[0]).filter(({ name }) => name !== params[1]),
    )
    return undefined
  },
}
