import { t } from '#lib/words.ts'

/** What an app gets by it, as it will stand in its env. */
export const VariableList = ({ app, names }: { app: string; names: readonly string[] }) => (
  <div aria-live="polite">
    <p className="mb-1.5 text-sm font-medium">{t('{app} gets', { app })}</p>
    <ul className="flex flex-wrap gap-1.5">
      {names.map((name) => (
        <li key={name}>
          <code className="rounded-sm border border-line bg-sunken px-1.5 py-0.5 break-all">
            {name}
          </code>
        </li>
      ))}
    </ul>
  </div>
)
