import { server } from './recipes/nodeHttp.ts'
import { startShop } from './startedShop.ts'
import { testFramework } from './testFramework.ts'

testFramework('node:http', () => startShop(server))
