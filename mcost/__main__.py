from mcost.cli import main

main()
