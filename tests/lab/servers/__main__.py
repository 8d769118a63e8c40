from tests.lab.servers.common import main

main()
