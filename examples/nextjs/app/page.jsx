import { connection } from 'next/server'
import { Counter } from './counter.jsx'

/** Rendered on the server at every request, so that it shows what is running now. */
export default async function Home() {
  await connection()
  const facts = {
    Release: process.env.VASTROX_RELEASE ?? 'not deployed yet',
    Commit: process.env.SOURCE_VERSION?.slice(0, 7) ?? 'unknown',
    'Node.js': process.version,
  }

  return (
    <>
      <h1>{process.env.VASTROX_APP ?? 'hello'} is running</h1>
      <p>
        Change <code>app/page.jsx</code>, commit it, and <code>git push</code>.
      </p>
      <dl>
        {Object.entries(facts).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Counter />
    </>
  )
}
