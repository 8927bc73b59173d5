import { z } from 'zod'
import { LABEL } from '#agent/containers/labels.ts'
import type { Engine } from '#agent/engine/engine.ts'

/** A port of this machine that leads into a container. */
export interface PublishedPort {
  protocol: 'tcp' | 'udp'
  address: string
  port: number
  container: RunningContainer
}

export interface RunningContainer {
  id: string
  name: string
  image: string
  /** Of this installation. */
  ours: boolean
}

const TIMEOUT_MS = 5_000
const Containers = z.array(
  z.object({
    Id: z.string(),
    Names: z.array(z.string()),
    Image: z.string(),
    Labels: z.record(z.string(), z.string()).nullish(),
    Ports: z
      .array(
        z.object({
          IP: z.string().optional(),
          PublicPort: z.int().optional(),
          Type: z.string(),
        }),
      )
      .nullish(),
  }),
)

/** Every running container, whoever has started it, and what they publish. */
export async function readPublishedPorts(
  engine: Engine,
  instance: string,
): Promise<{ containers: RunningContainer[]; published: PublishedPort[] }> {
  const found = await engine.get('/containers/json', Containers, { timeoutMs: TIMEOUT_MS })
  const running = found.map(({ Id, Names, Image, Labels, Ports }) => ({
    ports: Ports ?? [],
    container: {
      id: Id,
      name: Names[0]?.slice(1) ?? Id.slice(0, 12),
      image: Image,
      ours: Labels?.[LABEL.instance] === instance,
    },
  }))
  return {
    containers: running.map(({ container }) => container),
    published: running.flatMap(({ ports, container }) =>
      ports.flatMap(({ IP, PublicPort, Type }) =>
        PublicPort === undefined || (Type !== 'tcp' && Type !== 'udp')
          ? []
          : // An engine that names no address means all of them.
            [{ protocol: Type, address: IP ?? '0.0.0.0', port: PublicPort, container }],
      ),
    ),
  }
}

/** What the engine's own forwarder was started with; undefined for any other program. */
export function proxyArguments(
  commandLine: readonly string[],
): { containerAddress: string; containerPort: number } | undefined {
  if (!commandLine[0]?.endsWith('/docker-proxy')) return undefined
  const valueOf = (flag: string): string => commandLine[commandLine.indexOf(flag) + 1] ?? ''
  return {
    containerAddress: valueOf('-container-ip'),
    containerPort: Number(valueOf('-container-port')),
  }
}
