interface Props<Value extends string> {
  legend: string
  hint?: string | undefined
  values: readonly Value[]
  chosen: readonly Value[]
  onChange: (chosen: Value[]) => void
}

/** Several of a list, each with a box to tick. */
export function Choices<Value extends string>({
  legend,
  hint,
  values,
  chosen,
  onChange,
}: Props<Value>) {
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{legend}</legend>
      <div className="grid max-h-48 gap-x-4 gap-y-1 overflow-y-auto rounded-md border border-line bg-canvas p-3 sm:grid-cols-2">
        {values.map((value) => (
          <label key={value} className="flex min-w-0 items-center gap-2 text-sm">
            <input
              type="checkbox"
              checked={chosen.includes(value)}
              onChange={({ target }) =>
                onChange(
                  target.checked ? [...chosen, value] : chosen.filter((each) => each !== value),
                )
              }
            />
            <span className="truncate">{value}</span>
          </label>
        ))}
      </div>
      {hint !== undefined && <p className="mt-1.5 text-sm text-muted">{hint}</p>}
    </fieldset>
  )
}
