import { createServer } from 'node:http'
import { toNodeHandler } from 'h3/node'
import { app } from './recipes/h3.ts'
import { startShop } from './startedShop.ts'
import { testFramework } from './testFramework.ts'

const handle = toNodeHandler(app)

testFramework('h3 2', () => startShop(createServer((req, res) => void handle(req, res))))
