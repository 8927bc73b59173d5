import {
  ChangeAppPort,
  CreateAppPort,
  DEFAULT_PORT_SETTINGS,
  PortName,
} from '@vastrox/shared/app-port.ts'
import { configShape } from '@vastrox/shared/config-shape.ts'
import { type ConfigSection, oneByOne, pick } from '#core/config-file/section.ts'
import type { PortService } from '#core/routing/port-service.ts'

/** Ports of the server that lead to instances. */
export const portsSection = (
  ports: Pick<PortService, 'list' | 'add' | 'change' | 'remove'>,
): ConfigSection => ({
  name: 'ports',
  isSingle: false,
  names: PortName,
  shape: configShape(ChangeAppPort.shape),
  usual: DEFAULT_PORT_SETTINGS,
  async read({ actor, app }) {
    const { ports: found } = await ports.list(actor, app)
    return Object.fromEntries(
      found.map((port) => [port.name, pick(port, ChangeAppPort.keyof().options)]),
    )
  },
  make: oneByOne({
    create: ({ actor, app }, { name, after }) => {
      const at = name.lastIndexOf('-')
      const place = { ports: name.slice(0, at), protocol: name.slice(at + 1) }
      return ports.add(actor, app, CreateAppPort.parse({ ...after, ...place }))
    },
    change: ({ actor, app }, { name, said }) =>
      ports.change(actor, app, name, ChangeAppPort.parse(said)),
    remove: ({ actor, app }, { name }) => ports.remove(actor, app, name),
  }),
})
