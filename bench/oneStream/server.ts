import { serve } from './contenders.ts'

// Run by run.ts: serves one contender and tells what one response cost.
const [name = '', count = ''] = process.argv.slice(2)
const begin = process.cpuUsage()
const port = await serve(name, Number(count), () => {
  const { user, system } = process.cpuUsage(begin)
  process.send?.({ cpu: user + system, rss: process.memoryUsage.rss() })
})
process.send?.({ port })
