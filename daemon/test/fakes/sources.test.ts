import { describeSourceControl } from '#test/contracts/source-control-contract.ts'
import { createFakeSourceControl } from './sources.ts'

describeSourceControl('the fake', async () => ({
  control: createFakeSourceControl(),
  appId: 'app0000hello',
  shas: ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)],
}))
