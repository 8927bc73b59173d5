import { createHarness, createWorld, type World } from '#test/harness.ts'

/** Add-ons over the deployments' harness: what an app does when it is given one is real. */
export async function createAddonHarness(
  world: World = createWorld(),
  options: { crashAt?: string } = {},
) {
  const harness = createHarness(world, options)
  const { clock, node } = harness
  await harness.start()
  harness.addons.start()
  const parts = await harness.addons.open()
  const { service, attaching } = parts

  return {
    ...harness,
    ...parts,
    fake: node.addons,
    addApp: (name?: string) => harness.addApp(name),
    /** Lets time pass until nothing is being made any more. */
    settled: async (name = 'shop-db') => {
      await clock.pass(3_000)
      return service.get(harness.actor, name)
    },
    create: (wish: Partial<Parameters<typeof service.create>[1]> = {}) =>
      service.create(harness.actor, { name: 'shop-db', kind: 'postgresql', ...wish }),
    attach: (app = 'hello', name = 'shop-db') => attaching.attach(harness.actor, name, { app }),
    /** What was given to servers by standard input, one after the other. */
    said: () => node.addons.executed.map(({ stdin }) => stdin ?? ''),
    /** The env that the live release was started with. */
    envOf: (app = 'hello') => {
      const live = harness.instances(app).find(({ state }) => state === 'live')
      return live === undefined ? {} : (node.containers.get(live.name)?.spec.env ?? {})
    },
    stopAll: async () => {
      await harness.addons.stop()
      await harness.stop()
    },
  }
}
export type AddonHarness = Awaited<ReturnType<typeof createAddonHarness>>
