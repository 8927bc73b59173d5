import { describeNodeAddons } from '#test/contracts/node-addons-contract.ts'
import { createFakeNodeAddons } from '#test/fakes/node-addons.ts'

describeNodeAddons('the fake', async () => {
  const fake = createFakeNodeAddons()
  return { addons: fake.agent(async () => {}), close: async () => {} }
})
